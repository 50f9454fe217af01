metadata description = 'The registry of worker images.'

@description('Name of the registry.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Premium, which private endpoints need, or Basic.')
param premium bool

// Images hold code and no data. The registry stays reachable from outside, by identity, so that it can be pushed to; with private
// networking workers pull through its private endpoint.
resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' = {
  name: name
  location: location
  tags: tags
  sku: {
    name: premium ? 'Premium' : 'Basic'
  }
  properties: {
    adminUserEnabled: false
    anonymousPullEnabled: false
    publicNetworkAccess: 'Enabled'
    networkRuleBypassOptions: 'AzureServices'
  }
}

@description('Resource id of the registry.')
output id string = registry.id

@description('Name of the registry.')
output name string = registry.name

@description('Host of the registry.')
output host string = registry.properties.loginServer
