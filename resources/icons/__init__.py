"""Line icons of the desktop, 24 x 24, drawn for this program."""
