"""What a person does, told to the app the way Slack tells it; one file for each thing they can do."""
