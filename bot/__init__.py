"""What people see and do in Slack: words, forms, buttons, Home."""
