metadata description = 'One identity for each role that something plays. None has a secret.'

@description('Region.')
param location string

@description('Tags of every resource.')
param tags object

@description('What names begin with.')
param prefix string

@description('What names end with.')
param suffix string

resource functions 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${prefix}functions-${suffix}'
  location: location
  tags: tags
}

resource worker 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${prefix}worker-${suffix}'
  location: location
  tags: tags
}

resource scaler 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${prefix}scaler-${suffix}'
  location: location
  tags: tags
}

resource events 'Microsoft.ManagedIdentity/userAssignedIdentities@2024-11-30' = {
  name: '${prefix}events-${suffix}'
  location: location
  tags: tags
}

@description('Resource id of the function app\'s identity.')
output functionsId string = functions.id

@description('Client id of the function app\'s identity.')
output functionsClientId string = functions.properties.clientId

@description('Object id of the function app\'s identity.')
output functionsPrincipalId string = functions.properties.principalId

@description('Resource id of the workers\' identity.')
output workerId string = worker.id

@description('Client id of the workers\' identity.')
output workerClientId string = worker.properties.clientId

@description('Object id of the workers\' identity.')
output workerPrincipalId string = worker.properties.principalId

@description('Resource id of the identity that the scaler counts messages with.')
output scalerId string = scaler.id

@description('Object id of the identity that the scaler counts messages with.')
output scalerPrincipalId string = scaler.properties.principalId

@description('Resource id of the identity that Event Grid delivers with.')
output eventsId string = events.id

@description('Object id of the identity that Event Grid delivers with.')
output eventsPrincipalId string = events.properties.principalId
