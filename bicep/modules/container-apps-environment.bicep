metadata description = 'Where workers run: a Container Apps environment with a serverless GPU profile.'

@description('Name of the environment.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('What workers compute on.')
@allowed([
  'A100'
  'T4'
  'CPU'
])
param hardware string

@description('Subnet of the environment; empty for a network of its own.')
param subnetId string

@description('Log Analytics workspace for the containers\' logs.')
param workspaceId string

var gpuProfiles = {
  A100: 'Consumption-GPU-NC24-A100'
  T4: 'Consumption-GPU-NC8as-T4'
}
var consumption = [
  { name: 'Consumption', workloadProfileType: 'Consumption' }
]

resource managedEnvironment 'Microsoft.App/managedEnvironments@2026-01-01' = {
  name: name
  location: location
  tags: tags
  properties: {
    // By way of diagnostic settings: the other destination asks for the workspace's key.
    appLogsConfiguration: {
      destination: 'azure-monitor'
    }
    vnetConfiguration: empty(subnetId) ? null : {
      infrastructureSubnetId: subnetId
      internal: true
    }
    workloadProfiles: hardware == 'CPU' ? consumption : concat(consumption, [
      { name: 'gpu', workloadProfileType: gpuProfiles[hardware] }
    ])
    zoneRedundant: false
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'logs'
  scope: managedEnvironment
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        categoryGroup: 'allLogs'
        enabled: true
      }
    ]
  }
}

@description('Resource id of the environment.')
output id string = managedEnvironment.id

@description('Workload profile that workers run on.')
output workloadProfileName string = hardware == 'CPU' ? 'Consumption' : 'gpu'
