"""What ideas and challenges share: seeing, steps, trails, comments, support, search, the promise."""
