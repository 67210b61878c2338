"""``hopline doctor``: what is there, what is missing, and what to do, before anything is started."""

from hopline.checkup.checkup import Checkup, check_up

__all__ = ["Checkup", "check_up"]
