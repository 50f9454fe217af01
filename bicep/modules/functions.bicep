metadata description = 'The control plane: a function app on Flex Consumption that reaches everything by its identity.'

@description('Name of the function app.')
param name string

@description('Name of its plan.')
param planName string

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('Resource id of the identity.')
param identityId string

@description('Client id of the identity.')
param identityClientId string

@description('Blob endpoint of the storage account of the function host.')
param hostBlobEndpoint string

@description('Container of that account for the deployed package.')
param packageContainer string

@description('Blob endpoint of the storage account with the documents.')
param dataBlobEndpoint string

@description('Host of the Service Bus namespace.')
param serviceBusHost string

@description('Name of the Application Insights component.')
param componentName string

@description('Most instances.')
param maxInstances int

@description('Memory of an instance in MB.')
param instanceMemoryMB int

@description('Subnet for outbound traffic; empty for none.')
param subnetId string

@description('Client id of the app registration of the HTTP API; empty closes the API.')
param apiClientId string

@description('Object ids of those who may call the HTTP API; empty for everybody with a token.')
param apiAllowedPrincipalIds string[]

@description('Hosts that documents may be fetched from and callbacks sent to.')
param outboundAllowedHosts string[]

@description('OTLP endpoint; empty sends none.')
param otlpEndpoint string

@description('Log Analytics workspace for the app\'s platform logs.')
param workspaceId string

var baseSettings = {
  APPLICATIONINSIGHTS_CONNECTION_STRING: component.properties.ConnectionString
  APPLICATIONINSIGHTS_AUTHENTICATION_STRING: 'ClientId=${identityClientId};Authorization=AAD'
  AzureWebJobsStorage__blobServiceUri: hostBlobEndpoint
  AzureWebJobsStorage__credential: 'managedidentity'
  AzureWebJobsStorage__clientId: identityClientId
  AZURE_CLIENT_ID: identityClientId
  ServiceBus__fullyQualifiedNamespace: serviceBusHost
  ServiceBus__credential: 'managedidentity'
  ServiceBus__clientId: identityClientId
  Storage__blobServiceUri: dataBlobEndpoint
  // Files of batches: the host's default is 100 MB, and 210 the most that the platform takes.
  FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '220200960'
}
var telemetrySettings = empty(otlpEndpoint) ? {} : {
  OTEL_EXPORTER_OTLP_ENDPOINT: otlpEndpoint
  OTEL_SERVICE_NAME: 'smollm3-functions'
}
var outboundSettings = toObject(range(0, length(outboundAllowedHosts)), i => 'Outbound__AllowedHosts__${i}', i => string(outboundAllowedHosts[i]))

resource component 'Microsoft.Insights/components@2020-02-02' existing = {
  name: componentName
}

resource plan 'Microsoft.Web/serverfarms@2025-03-01' = {
  name: planName
  location: location
  tags: tags
  kind: 'functionapp'
  sku: {
    name: 'FC1'
    tier: 'FlexConsumption'
  }
  properties: {
    reserved: true
  }
}

resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: name
  location: location
  tags: union(tags, { 'azd-service-name': 'functions' })
  kind: 'functionapp,linux'
  identity: {
    type: 'UserAssigned'
    userAssignedIdentities: {
      '${identityId}': {}
    }
  }
  properties: {
    serverFarmId: plan.id
    httpsOnly: true
    publicNetworkAccess: 'Enabled'
    virtualNetworkSubnetId: empty(subnetId) ? null : subnetId
    siteConfig: {
      minTlsVersion: '1.2'
      http20Enabled: true
    }
    functionAppConfig: {
      deployment: {
        storage: {
          type: 'blobContainer'
          value: '${hostBlobEndpoint}${packageContainer}'
          authentication: {
            type: 'UserAssignedIdentity'
            userAssignedIdentityResourceId: identityId
          }
        }
      }
      runtime: {
        name: 'dotnet-isolated'
        version: '10.0'
      }
      scaleAndConcurrency: {
        instanceMemoryMB: instanceMemoryMB
        maximumInstanceCount: maxInstances
      }
    }
  }
}

resource settings 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'appsettings'
  properties: union(baseSettings, telemetrySettings, outboundSettings)
}

// Nobody gets to the API without a token. With no app registration there is no token to be had, and the API is closed.
resource authentication 'Microsoft.Web/sites/config@2025-03-01' = {
  parent: app
  name: 'authsettingsV2'
  properties: {
    platform: {
      enabled: true
    }
    globalValidation: {
      requireAuthentication: true
      unauthenticatedClientAction: 'Return401'
      excludedPaths: [
        '/api/health'
      ]
    }
    httpSettings: {
      requireHttps: true
    }
    identityProviders: {
      azureActiveDirectory: {
        enabled: !empty(apiClientId)
        registration: {
          clientId: apiClientId
          openIdIssuer: '${environment().authentication.loginEndpoint}${tenant().tenantId}/v2.0'
        }
        validation: {
          allowedAudiences: empty(apiClientId) ? [] : [
            apiClientId
            'api://${apiClientId}'
          ]
          defaultAuthorizationPolicy: {
            allowedPrincipals: empty(apiAllowedPrincipalIds) ? {} : {
              identities: apiAllowedPrincipalIds
            }
          }
        }
      }
    }
    login: {
      tokenStore: {
        enabled: false
      }
    }
  }
  dependsOn: [
    settings
  ]
}

resource noFtpPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'ftp'
  properties: {
    allow: false
  }
}

resource noScmPassword 'Microsoft.Web/sites/basicPublishingCredentialsPolicies@2025-03-01' = {
  parent: app
  name: 'scm'
  properties: {
    allow: false
  }
}

resource diagnostics 'Microsoft.Insights/diagnosticSettings@2021-05-01-preview' = {
  name: 'metrics'
  scope: app
  properties: {
    workspaceId: workspaceId
    metrics: [
      {
        category: 'AllMetrics'
        enabled: true
      }
    ]
  }
}

@description('Name of the function app.')
output name string = app.name

@description('Base address of the HTTP API.')
output endpoint string = 'https://${app.properties.defaultHostName}'
