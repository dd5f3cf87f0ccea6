"""Prints access tokens for the users named on the command line as FIRST LAST, one a line."""
import sys
from datetime import datetime, timedelta

from jose import jwt

from database.main import ALGORITHM, SECRET_KEY

expires = datetime.utcnow() + timedelta(days=1)
for user in range(int(sys.argv[1]), int(sys.argv[2]) + 1):
    print(jwt.encode({"sub": str(user), "type": "customer", "exp": expires}, SECRET_KEY, ALGORITHM))
