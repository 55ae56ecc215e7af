"""What the program `oimg` of a bundle runs."""

import sys

from oimg.faces.cli.main import main

sys.exit(main())
