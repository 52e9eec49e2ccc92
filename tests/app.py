"""An app for one-time codes, as on somebody's telephone."""

import time

import pyotp


class App:
    """Each code it gives is later than the one before, as if one had waited for it."""

    def __init__(self, secret: str) -> None:
        self.secret = "".join(secret.split())
        self.step = 0

    def code(self) -> str:
        self.step = max(self.step + 1, int(time.time()) // 30 - 1)
        return pyotp.TOTP(self.secret).generate_otp(self.step)
