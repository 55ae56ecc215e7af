"""What the program `oimg-gui` of a bundle runs."""

import sys

from oimg.faces.gui.app import main

sys.exit(main())
