metadata description = 'Who may do what: every role assignment of the deployment stands here, each at the narrowest scope that works.'

@description('Storage account with documents, jobs, results and models.')
param dataStorageName string

@description('Storage account of the function host.')
param hostStorageName string

@description('Service Bus namespace.')
param serviceBusName string

@description('Container registry.')
param registryName string

@description('Application Insights component.')
param componentName string

@description('Object id of the function app\'s identity.')
param functionsPrincipalId string

@description('Object id of the workers\' identity.')
param workerPrincipalId string

@description('Object id of the identity that the scaler counts messages with.')
param scalerPrincipalId string

@description('Object id of the identity that Event Grid delivers with.')
param eventsPrincipalId string

@description('Object id of the operator; empty for none.')
param operatorPrincipalId string

@description('Kind of principal that the operator is.')
param operatorPrincipalType string

var storageBlobDataOwner = 'b7e6dc6d-f1e8-4753-8033-0f276bb0955b'
var storageBlobDataContributor = 'ba92f5b4-2d11-453d-a403-e96b0029c9fe'
var storageBlobDataReader = '2a2b9908-6ea1-4ae2-8e65-a410df84e7d1'
var serviceBusDataOwner = '090c5cfd-751d-490a-894a-3ce6f1109419'
var serviceBusDataReceiver = '4f6d3b9b-027b-4f4c-9142-0e5a2a2247e0'
var serviceBusDataSender = '69a216fc-b8fb-44d8-bc22-1f3c2cd27a39'
var acrPull = '7f951dda-4ed3-4680-a7ca-43fe172d538d'
var monitoringMetricsPublisher = '3913510d-42f4-4e42-8a64-420c390055eb'

// The operator's grants are left out where there is none: an assignment needs a principal.
var operators = empty(operatorPrincipalId) ? [] : [
  operatorPrincipalId
]

var containerGrants = concat(
  [
    { container: 'documents', principalId: functionsPrincipalId, role: storageBlobDataReader, type: 'ServicePrincipal' }
    { container: 'jobs', principalId: functionsPrincipalId, role: storageBlobDataContributor, type: 'ServicePrincipal' }
    { container: 'results', principalId: functionsPrincipalId, role: storageBlobDataContributor, type: 'ServicePrincipal' }
    { container: 'documents', principalId: workerPrincipalId, role: storageBlobDataReader, type: 'ServicePrincipal' }
    { container: 'models', principalId: workerPrincipalId, role: storageBlobDataReader, type: 'ServicePrincipal' }
    { container: 'jobs', principalId: workerPrincipalId, role: storageBlobDataContributor, type: 'ServicePrincipal' }
    { container: 'results', principalId: workerPrincipalId, role: storageBlobDataContributor, type: 'ServicePrincipal' }
    { container: 'event-dead-letters', principalId: eventsPrincipalId, role: storageBlobDataContributor, type: 'ServicePrincipal' }
  ],
  map(operators, id => { container: 'documents', principalId: id, role: storageBlobDataContributor, type: operatorPrincipalType }),
  map(operators, id => { container: 'models', principalId: id, role: storageBlobDataContributor, type: operatorPrincipalType }),
  map(operators, id => { container: 'results', principalId: id, role: storageBlobDataReader, type: operatorPrincipalType }),
  map(operators, id => { container: 'jobs', principalId: id, role: storageBlobDataReader, type: operatorPrincipalType }),
  map(operators, id => { container: 'event-dead-letters', principalId: id, role: storageBlobDataReader, type: operatorPrincipalType })
)

// Counting a queue's messages is a management operation of Service Bus. The scale controller of Functions counts the queues that
// trigger functions, KEDA counts the queue work: hence Owner, and hence only of those queues.
var queueGrants = concat(
  [
    { queue: 'uploads', principalId: functionsPrincipalId, role: serviceBusDataOwner, type: 'ServicePrincipal' }
    { queue: 'jobs', principalId: functionsPrincipalId, role: serviceBusDataOwner, type: 'ServicePrincipal' }
    { queue: 'events', principalId: functionsPrincipalId, role: serviceBusDataOwner, type: 'ServicePrincipal' }
    { queue: 'work', principalId: functionsPrincipalId, role: serviceBusDataSender, type: 'ServicePrincipal' }
    { queue: 'work', principalId: functionsPrincipalId, role: serviceBusDataReceiver, type: 'ServicePrincipal' }
    { queue: 'work', principalId: workerPrincipalId, role: serviceBusDataReceiver, type: 'ServicePrincipal' }
    { queue: 'events', principalId: workerPrincipalId, role: serviceBusDataSender, type: 'ServicePrincipal' }
    { queue: 'work', principalId: scalerPrincipalId, role: serviceBusDataOwner, type: 'ServicePrincipal' }
    { queue: 'uploads', principalId: eventsPrincipalId, role: serviceBusDataSender, type: 'ServicePrincipal' }
  ],
  map(operators, id => { queue: 'jobs', principalId: id, role: serviceBusDataSender, type: operatorPrincipalType })
)

resource dataStorage 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: dataStorageName
}

resource dataBlobs 'Microsoft.Storage/storageAccounts/blobServices@2025-06-01' existing = {
  parent: dataStorage
  name: 'default'
}

resource grantedContainers 'Microsoft.Storage/storageAccounts/blobServices/containers@2025-06-01' existing = [for grant in containerGrants: {
  parent: dataBlobs
  name: grant.container
}]

resource containerAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (grant, i) in containerGrants: {
  scope: grantedContainers[i]
  name: guid(dataStorage.id, grant.container, grant.principalId, grant.role)
  properties: {
    principalId: grant.principalId
    principalType: grant.type
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
  }
}]

resource serviceBus 'Microsoft.ServiceBus/namespaces@2024-01-01' existing = {
  name: serviceBusName
}

resource grantedQueues 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' existing = [for grant in queueGrants: {
  parent: serviceBus
  name: grant.queue
}]

resource queueAssignments 'Microsoft.Authorization/roleAssignments@2022-04-01' = [for (grant, i) in queueGrants: {
  scope: grantedQueues[i]
  name: guid(serviceBus.id, grant.queue, grant.principalId, grant.role)
  properties: {
    principalId: grant.principalId
    principalType: grant.type
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', grant.role)
  }
}]

resource hostStorage 'Microsoft.Storage/storageAccounts@2025-06-01' existing = {
  name: hostStorageName
}

// The function host leases and writes blobs of its own, in containers that it makes itself.
resource hostAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: hostStorage
  name: guid(hostStorage.id, functionsPrincipalId, storageBlobDataOwner)
  properties: {
    principalId: functionsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', storageBlobDataOwner)
  }
}

resource registry 'Microsoft.ContainerRegistry/registries@2025-11-01' existing = {
  name: registryName
}

resource pullAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: registry
  name: guid(registry.id, workerPrincipalId, acrPull)
  properties: {
    principalId: workerPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', acrPull)
  }
}

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: componentName
}

resource telemetryAssignment 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  scope: component
  name: guid(component.id, functionsPrincipalId, monitoringMetricsPublisher)
  properties: {
    principalId: functionsPrincipalId
    principalType: 'ServicePrincipal'
    roleDefinitionId: subscriptionResourceId('Microsoft.Authorization/roleDefinitions', monitoringMetricsPublisher)
  }
}
