"""The rule book as data: one file for each category of clutter. docs/add-a-rule.md shows how to add one."""
