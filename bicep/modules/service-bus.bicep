metadata description = 'The namespace and its four queues.'

@description('Name of the namespace.')
param name string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Premium, which private endpoints need, or Standard.')
param premium bool

@description('Messaging units of a Premium namespace.')
param capacity int

@description('Public addresses or ranges that get through a Premium namespace\'s firewall.')
param allowedAddresses string[]

@description('Log Analytics workspace for the namespace\'s operational log.')
param workspaceId string

// Locks last five minutes, the most there is, and are renewed while a message is worked on. A message that keeps failing goes to the
// dead letters after maxDeliveryCount. Workers come and go without any fault of their jobs, and each leave costs a delivery: a job's
// attempts are counted in its record (Pipeline:MaxAttempts), and the queue work is only to stop what never gets that far.
var queues = [
  { name: 'uploads', sessions: false, maxDeliveryCount: 10, timeToLive: 'P7D' }
  { name: 'jobs', sessions: false, maxDeliveryCount: 10, timeToLive: 'P7D' }
  { name: 'work', sessions: false, maxDeliveryCount: 1000, timeToLive: 'P14D' }
  { name: 'events', sessions: true, maxDeliveryCount: 10, timeToLive: 'P7D' }
]

resource namespace 'Microsoft.ServiceBus/namespaces@2024-01-01' = {
  name: name
  location: location
  tags: tags
  sku: premium ? { name: 'Premium', tier: 'Premium', capacity: capacity } : { name: 'Standard', tier: 'Standard' }
  properties: {
    disableLocalAuth: true
    minimumTlsVersion: '1.2'
    publicNetworkAccess: 'Enabled'
  }
}

resource networkRules 'Microsoft.ServiceBus/namespaces/networkRuleSets@2024-01-01' = if (premium) {
  parent: namespace
  name: 'default'
  properties: {
    // Nothing comes in but by the private endpoint, from trusted services and from the addresses named. Event Grid is one, and it can use no private endpoint:
    // closing the public side altogether would shut it out.
    publicNetworkAccess: 'Enabled'
    defaultAction: 'Deny'
    ipRules: map(allowedAddresses, address => { action: 'Allow', ipMask: address })
    virtualNetworkRules: []
    trustedServiceAccessEnabled: true
  }
}

resource queueResources 'Microsoft.ServiceBus/namespaces/queues@2024-01-01' = [for queue in queues: {
  parent: namespace
  name: queue.name
  properties: {
    lockDuration: 'PT5M'
    maxDeliveryCount: queue.maxDeliveryCount
    requiresSession: queue.sessions
    requiresDuplicateDetection: true
    duplicateDetectionHistoryTimeWindow: 'P1D'
    defaultMessageTimeToLive: queue.timeToLive
    deadLetteringOnMessageExpiration: true
    enableBatchedOperations: true
    maxSizeInMegabytes: 5120
  }
}]

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'operations'
  scope: namespace
  properties: {
    workspaceId: workspaceId
    logs: [
      {
        category: 'OperationalLogs'
        enabled: true
      }
    ]
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

@description('Resource id of the namespace.')
output id string = namespace.id

@description('Name of the namespace.')
output name string = namespace.name

@description('Host of the namespace.')
output host string = replace(replace(namespace.properties.serviceBusEndpoint, 'https://', ''), ':443/', '')

@description('Resource id of the queue that Event Grid delivers into.')
output uploadsQueueId string = resourceId('Microsoft.ServiceBus/namespaces/queues', namespace.name, 'uploads')
