metadata description = 'A page that shows queues, jobs and workers.'

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Name of the environment.')
param environmentName string

@description('Service Bus namespace.')
param serviceBusId string

@description('Log Analytics workspace.')
param workspaceId string

var content = replace(replace(loadTextContent('workbook.json'), '__SERVICE_BUS__', serviceBusId), '__WORKSPACE__', workspaceId)

resource workbook 'Microsoft.Insights/workbooks@2023-06-01' = {
  name: guid(resourceGroup().id, 'smollm3-batch-workbook')
  location: location
  tags: tags
  kind: 'shared'
  properties: {
    displayName: 'SmolLM3.Batch ${environmentName}'
    category: 'workbook'
    sourceId: workspaceId
    serializedData: content
  }
}
