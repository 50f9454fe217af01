metadata description = 'Warns before the month gets too expensive.'

@description('Name of the budget.')
param name string

@description('US dollars a month.')
param amount int

@description('First day; the first of a month.')
param startDate string

@description('Address that warnings go to.')
param email string

resource budget 'Microsoft.Consumption/budgets@2024-08-01' = {
  name: name
  properties: {
    amount: amount
    category: 'Cost'
    timeGrain: 'Monthly'
    timePeriod: {
      startDate: startDate
    }
    notifications: {
      nearlySpent: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 80
        thresholdType: 'Actual'
        contactEmails: [
          email
        ]
      }
      forecastToExceed: {
        enabled: true
        operator: 'GreaterThanOrEqualTo'
        threshold: 100
        thresholdType: 'Forecasted'
        contactEmails: [
          email
        ]
      }
    }
  }
}
