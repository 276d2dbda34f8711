"""Text without markup: lines, paragraphs that an editor wrapped, listings, and what is left of Markdown and of tags."""
