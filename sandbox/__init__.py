"""A local Slack: Web API, Socket Mode and a page in the browser, for trying an app without a workspace."""
