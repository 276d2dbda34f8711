"""What a page says of itself, and others of it: title, authors, date, site, and of what kind it is."""
