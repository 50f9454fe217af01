metadata description = 'The data plane: the worker as an event-driven job or as an app, scaled by the length of the queue work.'

@description('Job or app.')
@allowed([
  'job'
  'app'
])
param kind string

@description('Name, if it is a job.')
@maxLength(32)
param jobName string

@description('Name, if it is an app.')
@maxLength(32)
param appName string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Container Apps environment.')
param environmentId string

@description('Workload profile.')
param workloadProfileName string

@description('What the worker computes on.')
@allowed([
  'A100'
  'T4'
  'CPU'
])
param hardware string

@description('Image of the worker.')
param image string

@description('Host of the registry that the image comes from.')
param registryHost string

@description('Resource id of the worker\'s identity.')
param identityId string

@description('Client id of the worker\'s identity.')
param identityClientId string

@description('Resource id of the identity that the scaler counts messages with.')
param scalerIdentityId string

@description('Blob endpoint of the storage account with documents, results and models.')
param dataBlobEndpoint string

@description('Host of the Service Bus namespace.')
param serviceBusHost string

@description('Name of the Service Bus namespace.')
param serviceBusName string

@description('Queue that workers take from.')
param queueName string

@description('Most workers at once.')
param maxCount int

@description('Workers that stay when there is no work; only for an app.')
param minCount int

@description('Waiting messages for each worker.')
param messagesEach int

@description('Seconds between two looks of the scaler at the queue.')
param pollingSeconds int

@description('Jobs that share a worker\'s batch.')
param maxConcurrentJobs int

@description('Hours after which an execution is ended.')
param maxHours int

@description('Folder of the checkpoint in the container models.')
param modelPrefix string

@description('Commit of the checkpoint; empty for a fingerprint.')
param modelRevision string

@description('Hosts that documents may be fetched from and callbacks sent to.')
param outboundAllowedHosts string[]

@description('OTLP endpoint; empty sends none.')
param otlpEndpoint string

// A GPU replica has its profile's machine to itself.
var sizes = {
  A100: { cpu: 24, memory: '220Gi' }
  T4: { cpu: 8, memory: '56Gi' }
  CPU: { cpu: 4, memory: '8Gi' }
}
var baseSettings = [
  { name: 'AZURE_CLIENT_ID', value: identityClientId }
  { name: 'ServiceBus__fullyQualifiedNamespace', value: serviceBusHost }
  { name: 'Storage__blobServiceUri', value: dataBlobEndpoint }
  { name: 'Model__Source', value: 'blob:${modelPrefix}' }
  { name: 'Model__Name', value: modelPrefix }
  { name: 'Model__Device', value: hardware == 'CPU' ? 'cpu' : 'cuda' }
  { name: 'Worker__Mode', value: kind == 'job' ? 'Job' : 'Service' }
  { name: 'Worker__MaxConcurrentJobs', value: string(maxConcurrentJobs) }
  { name: 'Worker__MaxJobDuration', value: maxHours == 24 ? '1.00:00:00' : '${maxHours}:00:00' }
  { name: 'Worker__HealthPort', value: '8080' }
]
// T4 multiplies float16 in its matrix units, but not bfloat16. The cache is what memory leaves after 6 GB of weights, with a quarter more for
// growing; without a GPU the engine measures for itself. Weights are read from storage in many ranges at once: a cold start is paid for.
var deviceSettings = hardware == 'A100' ? [
  { name: 'Model__ParallelReads', value: '16' }
  { name: 'Model__KvCacheBytes', value: '51539607552' }
] : hardware == 'T4' ? [
  { name: 'Model__ParallelReads', value: '16' }
  { name: 'Model__ComputeType', value: 'Float16' }
  { name: 'Model__KvCacheBytes', value: '5368709120' }
] : []
var revisionSettings = empty(modelRevision) ? [] : [
  { name: 'Model__Revision', value: modelRevision }
]
var telemetrySettings = empty(otlpEndpoint) ? [] : [
  { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: otlpEndpoint }
  { name: 'OTEL_SERVICE_NAME', value: 'smollm3-worker' }
]
var outboundSettings = map(range(0, length(outboundAllowedHosts)), i => { name: 'Outbound__AllowedHosts__${i}', value: outboundAllowedHosts[i] })
var container = {
  name: 'worker'
  image: image
  resources: sizes[hardware]
  env: concat(baseSettings, deviceSettings, revisionSettings, telemetrySettings, outboundSettings)
}
var checkedContainer = union(container, {
  probes: [
    {
      type: 'Liveness'
      httpGet: {
        path: '/health/live'
        port: 8080
      }
      initialDelaySeconds: 5
      periodSeconds: 10
      failureThreshold: 6
    }
  ]
})
var registries = startsWith(image, registryHost) ? [
  { server: registryHost, identity: identityId }
] : []
var identities = {
  '${identityId}': {}
  '${scalerIdentityId}': {}
}
var queueMetadata = {
  namespace: serviceBusName
  queueName: queueName
  messageCount: string(messagesEach)
}

resource job 'Microsoft.App/jobs@2026-01-01' = if (kind == 'job') {
  name: jobName
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: identities
  }
  properties: {
    environmentId: environmentId
    workloadProfileName: workloadProfileName
    configuration: {
      triggerType: 'Event'
      // An execution that breaks off leaves its messages to their locks; the next one takes them. Nothing is gained by retrying it.
      replicaRetryLimit: 0
      replicaTimeout: maxHours * 3600
      registries: registries
      eventTriggerConfig: {
        parallelism: 1
        replicaCompletionCount: 1
        scale: {
          minExecutions: 0
          maxExecutions: maxCount
          pollingInterval: pollingSeconds
          rules: [
            {
              name: queueName
              type: 'azure-servicebus'
              metadata: queueMetadata
              identity: scalerIdentityId
            }
          ]
        }
      }
    }
    template: {
      containers: [
        container
      ]
    }
  }
}

resource app 'Microsoft.App/containerApps@2026-01-01' = if (kind == 'app') {
  name: appName
  location: location
  tags: tags
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: identities
  }
  properties: {
    environmentId: environmentId
    workloadProfileName: workloadProfileName
    configuration: {
      activeRevisionsMode: 'Single'
      registries: registries
    }
    template: {
      terminationGracePeriodSeconds: 60
      containers: [
        checkedContainer
      ]
      scale: {
        minReplicas: minCount
        maxReplicas: maxCount
        pollingInterval: pollingSeconds
        // A scale-in gives running jobs back to the queue: better to wait a while for the next ones.
        cooldownPeriod: 300
        rules: [
          {
            name: queueName
            custom: {
              type: 'azure-servicebus'
              metadata: queueMetadata
              identity: scalerIdentityId
            }
          }
        ]
      }
    }
  }
}

@description('Name of the job or app.')
output name string = kind == 'job' ? jobName : appName
