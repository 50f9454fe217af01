targetScope = 'subscription'

metadata description = 'SmolLM3.Batch: everything that reads documents, and nothing with a key.'

@description('Name of the environment, for example dev or prod. It is part of every resource name.')
@minLength(1)
@maxLength(20)
param environmentName string

@description('Region. It must offer the GPU of workerHardware and Functions Flex Consumption; docs/deploy.md names some.')
@minLength(1)
@metadata({ azd: { type: 'location' } })
param location string

@description('Object id of a person or group that looks after the deployment: may upload documents and models, read results and send requests. Empty for none.')
param operatorPrincipalId string = ''

@description('Kind of principal that operatorPrincipalId is.')
@allowed([
  'User'
  'Group'
  'ServicePrincipal'
])
param operatorPrincipalType string = 'User'

@description('Client id of the Entra app registration that callers of the HTTP API ask tokens for. Empty closes the HTTP API: documents then come by upload or message only.')
param apiClientId string = ''

@description('Object ids of the users and applications that may call the HTTP API. Empty admits every principal of the tenant that gets a token for apiClientId.')
param apiAllowedPrincipalIds string[] = []

@description('Whether the worker is an event-driven job, which is never scaled in while it computes, or an app, which stays warm between jobs.')
@allowed([
  'job'
  'app'
])
param workerKind string = 'job'

@description('What workers compute on.')
@allowed([
  'A100'
  'T4'
  'CPU'
])
param workerHardware string = 'A100'

@description('Image of the worker. The default is a placeholder that does nothing, until the first image is pushed.')
@minLength(1)
param workerImage string = 'mcr.microsoft.com/k8se/quickstart-jobs:latest'

@description('Most workers at once. The quota for serverless GPUs must allow as many.')
@minValue(1)
@maxValue(300)
param workerMaxCount int = 4

@description('Workers that stay when there is no work. More than 0 costs GPU time around the clock. Only for workerKind app.')
@minValue(0)
@maxValue(300)
param workerMinCount int = 0

@description('Waiting messages for each worker: the target of the scaler.')
@minValue(1)
@maxValue(1000)
param workerMessagesEach int = 8

@description('Seconds between two looks of the scaler at the queue.')
@minValue(10)
@maxValue(300)
param workerPollingSeconds int = 30

@description('Jobs that share one worker\'s batch.')
@minValue(1)
@maxValue(256)
param workerMaxConcurrentJobs int = 8

@description('Hours after which an execution of the worker is ended, and before which each document must be done.')
@minValue(1)
@maxValue(24)
param workerMaxHours int = 12

@description('Folder of the checkpoint in the container models.')
@minLength(1)
param modelPrefix string = 'HuggingFaceTB/SmolLM3-3B'

@description('Commit of the checkpoint on the hub; goes into every manifest. Empty: the worker takes a fingerprint of the files.')
param modelRevision string = ''

@description('Hosts that documents may be fetched from and callbacks sent to, for example files.contoso.com or *.contoso.com. Empty allows every public host.')
param outboundAllowedHosts string[] = []

@description('Most instances of the function app.')
@minValue(1)
@maxValue(1000)
param functionsMaxInstances int = 40

@description('Memory of a function app instance in MB.')
@allowed([
  512
  2048
  4096
])
param functionsInstanceMemoryMB int = 2048

@description('Whether storage, Service Bus and registry are reached by private endpoints only. Takes Service Bus Premium.')
param enablePrivateNetworking bool = false

@description('Public IPv4 addresses or ranges, for example 203.0.113.7, that with private networking may reach storage and Service Bus all the same, by Entra ID: those from which documents, models and requests come.')
param allowedAddresses string[] = []

@description('Address space of the virtual network; a /22 or larger.')
param addressPrefix string = '10.42.0.0/22'

@description('Messaging units of a Premium namespace.')
@allowed([
  1
  2
  4
  8
  16
])
param serviceBusCapacity int = 1

@description('How storage is replicated.')
@allowed([
  'Standard_LRS'
  'Standard_ZRS'
  'Standard_GRS'
  'Standard_GZRS'
])
param storageSku string = 'Standard_LRS'

@description('Days after which uploaded documents are deleted; 0 keeps them.')
@minValue(0)
@maxValue(3650)
param documentRetentionDays int = 30

@description('Days after which results and job records are deleted; 0 keeps them.')
@minValue(0)
@maxValue(3650)
param resultRetentionDays int = 90

@description('Days for which a deleted blob can be restored.')
@minValue(1)
@maxValue(365)
param softDeleteDays int = 7

@description('Days for which logs are kept.')
@minValue(30)
@maxValue(730)
param logRetentionDays int = 30

@description('Most gigabytes of logs a day; a guard against a bill, not a target.')
@minValue(1)
@maxValue(100)
param logDailyQuotaGb int = 1

@description('OTLP endpoint that traces and metrics are sent to, for example of your own collector. Empty sends none.')
param otlpEndpoint string = ''

@description('Address that alerts and budget warnings go to. Empty creates neither.')
param alertEmail string = ''

@description('Minutes after which an accepted job that is not over raises an alert.')
@allowed([
  60
  120
  360
  720
  1440
])
param alertJobAgeMinutes int = 120

@description('US dollars a month of which 80 % and 100 % raise a warning; 0 for no budget.')
@minValue(0)
param monthlyBudget int = 0

@description('First day of the budget, the first of a month. Azure refuses to change it: of a budget that is there give the day it began on, as the scripts do. Empty: this month.')
param budgetStart string = ''

@description('Not to be given: the month of the deployment.')
param thisMonth string = utcNow('yyyy-MM-01')

@description('Tags of every resource.')
param tags object = {}

var abbreviations = loadJsonContent('abbreviations.json')
var token = toLower(uniqueString(subscription().id, environmentName, location))
var suffix = '${environmentName}-${token}'
var allTags = union(tags, { 'azd-env-name': environmentName, workload: 'smollm3-batch' })

resource group 'Microsoft.Resources/resourceGroups@2025-04-01' = {
  name: '${abbreviations.resourceGroup}smollm3-batch-${environmentName}'
  location: location
  tags: allTags
}

module identities 'modules/identities.bicep' = {
  name: 'identities'
  scope: group
  params: {
    location: location
    tags: allTags
    prefix: abbreviations.managedIdentity
    suffix: suffix
  }
}

module network 'modules/network.bicep' = if (enablePrivateNetworking) {
  name: 'network'
  scope: group
  params: {
    name: '${abbreviations.networkVirtualNetwork}${suffix}'
    location: location
    tags: allTags
    addressPrefix: addressPrefix
  }
}

module monitoring 'modules/monitoring.bicep' = {
  name: 'monitoring'
  scope: group
  params: {
    workspaceName: '${abbreviations.operationalInsightsWorkspace}${suffix}'
    componentName: '${abbreviations.insightsComponents}${suffix}'
    location: location
    tags: allTags
    retentionDays: logRetentionDays
    dailyQuotaGb: logDailyQuotaGb
  }
}

module dataStorage 'modules/storage.bicep' = {
  name: 'data-storage'
  scope: group
  params: {
    name: take('${abbreviations.storageAccount}data${token}', 24)
    location: location
    tags: allTags
    sku: storageSku
    containers: [
      'documents'
      'jobs'
      'results'
      'models'
      'event-dead-letters'
    ]
    retention: [
      { container: 'documents', days: documentRetentionDays }
      { container: 'jobs', days: resultRetentionDays }
      { container: 'results', days: resultRetentionDays }
      { container: 'event-dead-letters', days: resultRetentionDays }
    ]
    softDeleteDays: softDeleteDays
    restrictNetwork: enablePrivateNetworking
    allowedAddresses: allowedAddresses
    workspaceId: monitoring.outputs.workspaceId
  }
}

module hostStorage 'modules/storage.bicep' = {
  name: 'host-storage'
  scope: group
  params: {
    name: take('${abbreviations.storageAccount}host${token}', 24)
    location: location
    tags: allTags
    sku: 'Standard_LRS'
    containers: [
      'function-packages'
    ]
    retention: []
    softDeleteDays: 1
    restrictNetwork: enablePrivateNetworking
    allowedAddresses: []
    workspaceId: monitoring.outputs.workspaceId
  }
}

module serviceBus 'modules/service-bus.bicep' = {
  name: 'service-bus'
  scope: group
  params: {
    name: '${abbreviations.serviceBusNamespace}${suffix}'
    location: location
    tags: allTags
    premium: enablePrivateNetworking
    capacity: serviceBusCapacity
    allowedAddresses: allowedAddresses
    workspaceId: monitoring.outputs.workspaceId
  }
}

module registry 'modules/registry.bicep' = {
  name: 'registry'
  scope: group
  params: {
    name: take('${abbreviations.containerRegistry}${token}', 50)
    location: location
    tags: allTags
    premium: enablePrivateNetworking
  }
}

module roles 'modules/rbac.bicep' = {
  name: 'roles'
  scope: group
  params: {
    dataStorageName: dataStorage.outputs.name
    hostStorageName: hostStorage.outputs.name
    serviceBusName: serviceBus.outputs.name
    registryName: registry.outputs.name
    componentName: monitoring.outputs.componentName
    functionsPrincipalId: identities.outputs.functionsPrincipalId
    workerPrincipalId: identities.outputs.workerPrincipalId
    scalerPrincipalId: identities.outputs.scalerPrincipalId
    eventsPrincipalId: identities.outputs.eventsPrincipalId
    operatorPrincipalId: operatorPrincipalId
    operatorPrincipalType: operatorPrincipalType
  }
}

module endpoints 'modules/private-endpoints.bicep' = if (enablePrivateNetworking) {
  name: 'private-endpoints'
  scope: group
  params: {
    prefix: abbreviations.networkPrivateEndpoint
    location: location
    tags: allTags
    virtualNetworkId: network!.outputs.virtualNetworkId
    subnetId: network!.outputs.endpointSubnetId
    dataStorageId: dataStorage.outputs.id
    hostStorageId: hostStorage.outputs.id
    serviceBusId: serviceBus.outputs.id
    registryId: registry.outputs.id
  }
}

module uploads 'modules/event-grid.bicep' = {
  name: 'event-grid'
  scope: group
  params: {
    name: '${abbreviations.eventGridSystemTopic}${suffix}'
    location: location
    tags: allTags
    storageId: dataStorage.outputs.id
    queueId: serviceBus.outputs.uploadsQueueId
    identityId: identities.outputs.eventsId
    deadLetterContainer: 'event-dead-letters'
  }
  dependsOn: [
    roles
  ]
}

module functions 'modules/functions.bicep' = {
  name: 'functions'
  scope: group
  params: {
    name: take('${abbreviations.webSiteFunction}${suffix}', 60)
    planName: '${abbreviations.webServerFarm}${suffix}'
    location: location
    tags: allTags
    identityId: identities.outputs.functionsId
    identityClientId: identities.outputs.functionsClientId
    hostBlobEndpoint: hostStorage.outputs.blobEndpoint
    packageContainer: 'function-packages'
    dataBlobEndpoint: dataStorage.outputs.blobEndpoint
    serviceBusHost: serviceBus.outputs.host
    componentName: monitoring.outputs.componentName
    maxInstances: functionsMaxInstances
    instanceMemoryMB: functionsInstanceMemoryMB
    subnetId: enablePrivateNetworking ? network!.outputs.functionsSubnetId : ''
    apiClientId: apiClientId
    apiAllowedPrincipalIds: apiAllowedPrincipalIds
    outboundAllowedHosts: outboundAllowedHosts
    otlpEndpoint: otlpEndpoint
    workspaceId: monitoring.outputs.workspaceId
  }
  dependsOn: [
    roles
    endpoints
  ]
}

module workerEnvironment 'modules/container-apps-environment.bicep' = {
  name: 'worker-environment'
  scope: group
  params: {
    name: '${abbreviations.appContainerAppsEnvironment}${suffix}'
    location: location
    tags: allTags
    hardware: workerHardware
    subnetId: enablePrivateNetworking ? network!.outputs.workersSubnetId : ''
    workspaceId: monitoring.outputs.workspaceId
  }
}

module worker 'modules/worker.bicep' = {
  name: 'worker'
  scope: group
  params: {
    kind: workerKind
    jobName: take('${abbreviations.appContainerAppJob}worker-${token}', 32)
    appName: take('${abbreviations.appContainerApp}worker-${token}', 32)
    location: location
    tags: allTags
    environmentId: workerEnvironment.outputs.id
    workloadProfileName: workerEnvironment.outputs.workloadProfileName
    hardware: workerHardware
    image: workerImage
    registryHost: registry.outputs.host
    identityId: identities.outputs.workerId
    identityClientId: identities.outputs.workerClientId
    scalerIdentityId: identities.outputs.scalerId
    dataBlobEndpoint: dataStorage.outputs.blobEndpoint
    serviceBusHost: serviceBus.outputs.host
    serviceBusName: serviceBus.outputs.name
    queueName: 'work'
    maxCount: workerMaxCount
    minCount: workerMinCount
    messagesEach: workerMessagesEach
    pollingSeconds: workerPollingSeconds
    maxConcurrentJobs: workerMaxConcurrentJobs
    maxHours: workerMaxHours
    modelPrefix: modelPrefix
    modelRevision: modelRevision
    outboundAllowedHosts: outboundAllowedHosts
    otlpEndpoint: otlpEndpoint
  }
  dependsOn: [
    roles
    endpoints
  ]
}

module alerts 'modules/alerts.bicep' = if (!empty(alertEmail)) {
  name: 'alerts'
  scope: group
  params: {
    actionGroupName: '${abbreviations.insightsActionGroup}${suffix}'
    location: location
    tags: allTags
    email: alertEmail
    serviceBusId: serviceBus.outputs.id
    workspaceId: monitoring.outputs.workspaceId
    jobAgeMinutes: alertJobAgeMinutes
  }
}

module workbook 'modules/workbook.bicep' = {
  name: 'workbook'
  scope: group
  params: {
    location: location
    tags: allTags
    environmentName: environmentName
    serviceBusId: serviceBus.outputs.id
    workspaceId: monitoring.outputs.workspaceId
  }
}

module budget 'modules/budget.bicep' = if (monthlyBudget > 0 && !empty(alertEmail)) {
  name: 'budget'
  scope: group
  params: {
    name: 'budget-smollm3-batch-${environmentName}'
    amount: monthlyBudget
    startDate: empty(budgetStart) ? thisMonth : budgetStart
    email: alertEmail
  }
}

@description('Resource group that holds everything.')
output AZURE_RESOURCE_GROUP string = group.name

@description('Region of the deployment.')
output AZURE_LOCATION string = location

@description('Where documents are uploaded and results are found.')
output STORAGE_BLOB_ENDPOINT string = dataStorage.outputs.blobEndpoint

@description('Name of the storage account with documents, results and models.')
output STORAGE_ACCOUNT_NAME string = dataStorage.outputs.name

@description('Host of the Service Bus namespace: requests go to its queue jobs.')
output SERVICE_BUS_HOST string = serviceBus.outputs.host

@description('Name of the function app.')
output FUNCTION_APP_NAME string = functions.outputs.name

@description('Base address of the HTTP API.')
output API_ENDPOINT string = functions.outputs.endpoint

@description('Name of the registry that worker images are pushed to.')
output REGISTRY_NAME string = registry.outputs.name

@description('Host of the registry.')
output REGISTRY_HOST string = registry.outputs.host

@description('Whether the worker is a job or an app.')
output WORKER_KIND string = workerKind

@description('Name of the worker job or app.')
output WORKER_NAME string = worker.outputs.name

@description('Resource id of the identity that workers run as and pull their image with.')
output WORKER_IDENTITY_ID string = identities.outputs.workerId

@description('What workers compute on; decides which image is built.')
output WORKER_HARDWARE string = workerHardware

@description('Folder of the checkpoint in the container models.')
output MODEL_PREFIX string = modelPrefix
