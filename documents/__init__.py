"""What is handed over: a paper in, DOCX, PDF and HTML out. Pure: no database, no Slack, no clock."""
