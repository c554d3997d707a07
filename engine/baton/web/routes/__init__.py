"""Routes: declared once, served and described by flask-openapi3."""
