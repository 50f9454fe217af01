metadata description = 'What somebody should be told about: dead letters, a queue that never empties, jobs that do not end, jobs that fail.'

@description('Name of the action group.')
param actionGroupName string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Address that alerts go to.')
param email string

@description('Service Bus namespace.')
param serviceBusId string

@description('Log Analytics workspace.')
param workspaceId string

@description('Minutes after which an accepted job that is not over raises an alert.')
param jobAgeMinutes int

var functionsLog = 'AppTraces | project TimeGenerated, Line = Message'
var workerLog = 'ContainerAppConsoleLogs | project TimeGenerated, Line = Log'
var failedJobs = 'union isfuzzy=true (${functionsLog}), (${workerLog}) | extend Job = extract(@"Job (\\S+) is now Failed", 1, Line) | where isnotempty(Job) | distinct Job'
var unfinishedJobs = 'let lines = union isfuzzy=true (${functionsLog}), (${workerLog}); let accepted = lines | extend Job = extract(@"Job (\\S+) accepted through", 1, Line) | where isnotempty(Job) and TimeGenerated < ago(${jobAgeMinutes}m); let over = lines | extend Job = extract(@"Job (\\S+) is now (Succeeded|PartiallySucceeded|Failed|Cancelled|Expired)", 1, Line) | where isnotempty(Job); accepted | join kind=leftanti over on Job | distinct Job'

resource actionGroup 'Microsoft.Insights/actionGroups@2023-01-01' = {
  name: actionGroupName
  location: 'global'
  tags: tags
  properties: {
    enabled: true
    groupShortName: 'smollm3'
    emailReceivers: [
      {
        name: 'mail'
        emailAddress: email
        useCommonAlertSchema: true
      }
    ]
  }
}

resource deadLetters 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'smollm3-dead-letters'
  location: 'global'
  tags: tags
  properties: {
    description: 'A queue holds dead letters. docs/deploy.md tells how to look at them and how to send them again.'
    severity: 2
    enabled: true
    scopes: [
      serviceBusId
    ]
    evaluationFrequency: 'PT5M'
    windowSize: 'PT5M'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'dead-letters'
          metricNamespace: 'Microsoft.ServiceBus/namespaces'
          metricName: 'DeadletteredMessages'
          timeAggregation: 'Maximum'
          operator: 'GreaterThan'
          threshold: 0
          dimensions: [
            {
              name: 'EntityName'
              operator: 'Include'
              values: [
                '*'
              ]
            }
          ]
        }
      ]
    }
    autoMitigate: true
    actions: [
      {
        actionGroupId: actionGroup.id
      }
    ]
  }
}

resource queueAge 'Microsoft.Insights/metricAlerts@2018-03-01' = {
  name: 'smollm3-queue-age'
  location: 'global'
  tags: tags
  properties: {
    description: 'The queue work has not been empty for six hours (messages being worked on count): no worker starts, workers fail, there are too few, or a document takes that long.'
    severity: 2
    enabled: true
    scopes: [
      serviceBusId
    ]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT6H'
    criteria: {
      'odata.type': 'Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria'
      allOf: [
        {
          criterionType: 'StaticThresholdCriterion'
          name: 'waiting'
          metricNamespace: 'Microsoft.ServiceBus/namespaces'
          metricName: 'ActiveMessages'
          timeAggregation: 'Minimum'
          operator: 'GreaterThan'
          threshold: 0
          dimensions: [
            {
              name: 'EntityName'
              operator: 'Include'
              values: [
                'work'
              ]
            }
          ]
        }
      ]
    }
    autoMitigate: true
    actions: [
      {
        actionGroupId: actionGroup.id
      }
    ]
  }
}

resource oldJobs 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'smollm3-old-jobs'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'SmolLM3.Batch: jobs that do not end'
    description: 'A job was accepted more than ${jobAgeMinutes} minutes ago and is not over.'
    severity: 2
    enabled: true
    scopes: [
      workspaceId
    ]
    evaluationFrequency: 'PT30M'
    windowSize: 'P1D'
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: unfinishedJobs
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    autoMitigate: true
    actions: {
      actionGroups: [
        actionGroup.id
      ]
    }
  }
}

resource failures 'Microsoft.Insights/scheduledQueryRules@2023-12-01' = {
  name: 'smollm3-failed-jobs'
  location: location
  tags: tags
  kind: 'LogAlert'
  properties: {
    displayName: 'SmolLM3.Batch: failed jobs'
    description: 'Jobs failed. Each record jobs/JOB/job.json says why.'
    severity: 2
    enabled: true
    scopes: [
      workspaceId
    ]
    evaluationFrequency: 'PT15M'
    windowSize: 'PT15M'
    skipQueryValidation: true
    criteria: {
      allOf: [
        {
          query: failedJobs
          timeAggregation: 'Count'
          operator: 'GreaterThan'
          threshold: 0
          failingPeriods: {
            numberOfEvaluationPeriods: 1
            minFailingPeriodsToAlert: 1
          }
        }
      ]
    }
    autoMitigate: true
    actions: {
      actionGroups: [
        actionGroup.id
      ]
    }
  }
}
