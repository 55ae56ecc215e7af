"""`python -m oimg` is `oimg`."""

import sys

from oimg.faces.cli.main import main

sys.exit(main())
