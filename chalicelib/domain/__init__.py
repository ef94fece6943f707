"""The rules. Imports the standard library and errors; gets everything, time included, as arguments."""
