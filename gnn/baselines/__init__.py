"""Models that any learnt one has to beat, each a scorer, fitted on user–item pairs alone."""

from gnn.baselines.baseline import Baseline
from gnn.baselines.ease import EASE
from gnn.baselines.ials import IALS
from gnn.baselines.item_knn import ItemKNN
from gnn.baselines.nearby_ease import NearbyEASE
from gnn.baselines.popularity import Popularity
from gnn.baselines.rp3beta import RP3beta
from gnn.baselines.social_knn import SocialKNN
from gnn.baselines.tune import Trial, Tuning, tune

__all__ = ["EASE", "IALS", "Baseline", "ItemKNN", "NearbyEASE", "Popularity", "RP3beta", "SocialKNN", "Trial", "Tuning", "tune"]
