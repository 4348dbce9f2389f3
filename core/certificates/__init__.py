"""Forest-carbon certificates (林业碳汇权证): from the application to the file on the shelf."""
