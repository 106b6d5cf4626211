"""What can be asked: one question a file, each answered with words or a form."""
