metadata description = 'Private endpoints of storage, Service Bus and registry, and the names that lead to them.'

@description('What names begin with.')
param prefix string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Virtual network in which the names are known.')
param virtualNetworkId string

@description('Subnet of the endpoints.')
param subnetId string

@description('Storage account with the documents.')
param dataStorageId string

@description('Storage account of the function host.')
param hostStorageId string

@description('Service Bus namespace.')
param serviceBusId string

@description('Container registry.')
param registryId string

var zoneNames = [
  'privatelink.blob.${environment().suffixes.storage}'
  'privatelink.servicebus.windows.net'
  'privatelink${environment().suffixes.acrLoginServer}'
]
var targets = [
  { name: 'data', resourceId: dataStorageId, groupId: 'blob', zone: 0 }
  { name: 'host', resourceId: hostStorageId, groupId: 'blob', zone: 0 }
  { name: 'bus', resourceId: serviceBusId, groupId: 'namespace', zone: 1 }
  { name: 'registry', resourceId: registryId, groupId: 'registry', zone: 2 }
]

resource zones 'Microsoft.Network/privateDnsZones@2024-06-01' = [for zoneName in zoneNames: {
  name: zoneName
  location: 'global'
  tags: tags
}]

resource links 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = [for (zoneName, i) in zoneNames: {
  parent: zones[i]
  name: 'link'
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: {
      id: virtualNetworkId
    }
  }
}]

resource endpoints 'Microsoft.Network/privateEndpoints@2025-05-01' = [for target in targets: {
  name: '${prefix}${target.name}'
  location: location
  tags: tags
  properties: {
    subnet: {
      id: subnetId
    }
    privateLinkServiceConnections: [
      {
        name: target.name
        properties: {
          privateLinkServiceId: target.resourceId
          groupIds: [
            target.groupId
          ]
        }
      }
    ]
  }
}]

resource zoneGroups 'Microsoft.Network/privateEndpoints/privateDnsZoneGroups@2025-05-01' = [for (target, i) in targets: {
  parent: endpoints[i]
  name: 'default'
  properties: {
    privateDnsZoneConfigs: [
      {
        name: target.groupId
        properties: {
          privateDnsZoneId: zones[target.zone].id
        }
      }
    ]
  }
}]
