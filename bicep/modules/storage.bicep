metadata description = 'A storage account that knows no keys, its containers and how long they keep things.'

@description('Name of the account.')
@minLength(3)
@maxLength(24)
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('How the account is replicated.')
param sku string

@description('Names of the containers.')
param containers string[]

@description('For each container whose blobs are not kept forever: container, and days since the last change. 0 days keeps them.')
param retention { container: string, days: int }[]

@description('Days for which a deleted blob or container can be restored.')
param softDeleteDays int

@description('Whether only private endpoints and trusted services get through.')
param restrictNetwork bool

@description('Public addresses or ranges that get through as well.')
param allowedAddresses string[]

@description('Log Analytics workspace for the record of who read and wrote.')
param workspaceId string

var limited = filter(retention, entry => entry.days > 0)

resource account 'Microsoft.Storage/storageAccounts@2025-06-01' = {
  name: name
  location: location
  tags: tags
  kind: 'StorageV2'
  sku: {
    name: sku
  }
  properties: {
    accessTier: 'Hot'
    allowBlobPublicAccess: false
    allowCrossTenantReplication: false
    allowSharedKeyAccess: false
    defaultToOAuthAuthentication: true
    minimumTlsVersion: 'TLS1_2'
    publicNetworkAccess: 'Enabled'
    supportsHttpsTrafficOnly: true
    networkAcls: {
      // Event Grid is a trusted service: it writes its dead letters past the firewall, with its identity.
      bypass: 'AzureServices'
      defaultAction: restrictNetwork ? 'Deny' : 'Allow'
      ipRules: map(allowedAddresses, address => { action: 'Allow', value: address })
    }
  }
}

resource blobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' = {
  parent: account
  name: 'default'
  properties: {
    deleteRetentionPolicy: {
      enabled: true
      days: softDeleteDays
    }
    containerDeleteRetentionPolicy: {
      enabled: true
      days: softDeleteDays
    }
  }
}

resource containerResources 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' = [for container in containers: {
  parent: blobs
  name: container
  properties: {
    publicAccess: 'None'
  }
}]

resource lifecycle 'Microsoft.Storage/storageAccounts/managementPolicies@2025-06-01' = if (!empty(limited)) {
  parent: account
  name: 'default'
  properties: {
    policy: {
      rules: [for entry in limited: {
        name: 'delete-old-${entry.container}'
        enabled: true
        type: 'Lifecycle'
        definition: {
          actions: {
            baseBlob: {
              delete: {
                daysAfterModificationGreaterThan: entry.days
              }
            }
          }
          filters: {
            blobTypes: [
              'blockBlob'
            ]
            prefixMatch: [
              '${entry.container}/'
            ]
          }
        }
      }]
    }
  }
  dependsOn: [
    blobs
  ]
}

resource audit 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'audit'
  scope: blobs
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'StorageDelete'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'Transaction'
        enabled: true
      }
    ]
  }
}

@description('Resource id of the account.')
output id string = account.id

@description('Name of the account.')
output name string = account.name

@description('Blob endpoint of the account.')
output blobEndpoint string = account.properties.primaryEndpoints.blob
