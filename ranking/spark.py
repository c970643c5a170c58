"""iALS on Spark, for interactions that do not fit on one machine: the same Parquet in, the same model files out.

Needs the extra `spark` (`pip install 'concierge[spark]'`) and Java 17.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ranking.ials import IALS, IALSConfig
from ranking.interactions import InteractionsError, RatingScale

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

LOCAL = "local[*]"
"""The master for this machine alone; a cluster has an address of its own (spark://…, yarn, k8s://…)."""

_BUCKETS = 256


def fit_spark(
    files: Sequence[Path], item_ids: Sequence[str], master: str = LOCAL, config: IALSConfig | None = None
) -> tuple[IALS, NDArray[np.int64]]:
    """Fit on the Parquet files' `user_id, item_id, rating[, timestamp]`; the model, and counts of shape (items,).

    The objective is that of `IALS.fit`, but for the regularisation: Spark weighs it by the number of a person's or an
    item's likes (Zhou et al. 2008), so it is divided by their mean here. Repeated rows count once, the latest; a like
    is what `RatingScale` calls one. Noise is not taken out.

    Raises
    ------
    InteractionsError
        when pyspark or Java are missing, or no like is left.
    """
    config = config or IALSConfig()
    with closing(_Session(master)) as session:
        rated = _rated(session.spark, files, item_ids).cache()
        scale = _scale(rated)
        likes = _numbered(rated.where(rated["rating"] >= scale.like_from)).cache()
        people, items, total = _sizes(likes)
        if not total:
            raise InteractionsError("no likes of items of the catalog are left to train on")
        from pyspark.ml.recommendation import ALS

        als = ALS(
            rank=config.factors,
            maxIter=config.iterations,
            regParam=config.regularisation * (people + items) / (2 * total),
            implicitPrefs=True,
            alpha=max(config.alpha - 1.0, 1e-6),  # Spark's confidence is 1 + alpha, that of `IALS` is alpha
            userCol="user",
            itemCol="row",
            ratingCol="like",
            seed=config.seed,
        )
        factors = als.fit(likes).itemFactors.orderBy("id").collect()
        counts = np.zeros(len(item_ids), np.int64)
        for found in rated.groupBy("row").count().collect():
            counts[found["row"]] = found["count"]
    rows = np.array([one["id"] for one in factors], np.int64)
    return IALS(np.array([one["features"] for one in factors], np.float32), rows, len(item_ids), config), counts


class _Session:
    """A Spark session of our own, quiet and without its web page."""

    def __init__(self, master: str) -> None:
        try:
            from pyspark.sql import SparkSession

            builder: Any = SparkSession.builder
            settings = {"spark.ui.enabled": "false"}
            if master.startswith("local"):  # nothing of it is for other machines, and few partitions are enough
                settings |= {"spark.driver.host": "127.0.0.1", "spark.sql.shuffle.partitions": "16"}
            for name, value in settings.items():
                builder = builder.config(name, value)
            self.spark: SparkSession = builder.master(master).appName("concierge").getOrCreate()
        except ImportError as error:
            raise InteractionsError("training on Spark needs pyspark: pip install 'concierge[spark]'") from error
        except Exception as error:  # what a missing Java raises has changed with every version
            raise InteractionsError(f"Spark cannot be started at {master!r}; it needs Java 17: {error}") from error
        self.spark.sparkContext.setLogLevel("ERROR")

    def close(self) -> None:
        self.spark.stop()


def _rated(spark: SparkSession, files: Sequence[Path], item_ids: Sequence[str]) -> DataFrame:
    """`user_id, row, rating`, the latest of each person and item of the catalog."""
    from pyspark.sql import functions as f
    from pyspark.sql.window import Window

    read = [_columns(spark.read.parquet(str(file))) for file in files]
    rows = spark.createDataFrame(list(zip(item_ids, range(len(item_ids)), strict=True)), "item_id string, row int")
    everything = read[0]
    for more in read[1:]:
        everything = everything.unionByName(more)
    known = everything.join(f.broadcast(rows), "item_id")
    latest = Window.partitionBy("user_id", "row").orderBy(f.desc("timestamp"))
    return known.withColumn("place", f.row_number().over(latest)).where("place = 1").select("user_id", "row", "rating")


def _columns(frame: DataFrame) -> DataFrame:
    from pyspark.sql import functions as f

    stamp = f.col("timestamp").cast("long") if "timestamp" in frame.columns else f.lit(0).cast("long")
    ids = [f.col(name).cast("string").alias(name) for name in ("user_id", "item_id")]
    return frame.select(*ids, f.col("rating").cast("float").alias("rating"), stamp.alias("timestamp"))


def _scale(rated: DataFrame) -> RatingScale:
    from pyspark.sql import functions as f

    found = rated.agg(f.min("rating").alias("low"), f.max("rating").alias("high")).first()
    if found is None or found["low"] is None:
        raise InteractionsError("no interactions with items of the catalog are left to train on")
    return RatingScale(float(found["low"]), float(found["high"]))


def _numbered(likes: DataFrame) -> DataFrame:
    """`user, row, like` with people as dense numbers, counted within buckets: no machine has to see them all."""
    from pyspark.sql import functions as f
    from pyspark.sql.window import Window

    people = likes.select("user_id").distinct()
    people = people.withColumn("bucket", f.pmod(f.xxhash64("user_id"), f.lit(_BUCKETS)))
    sizes = people.groupBy("bucket").count()
    before = Window.orderBy("bucket").rowsBetween(Window.unboundedPreceding, -1)
    starts = sizes.select("bucket", f.coalesce(f.sum("count").over(before), f.lit(0)).alias("start"))
    place = f.row_number().over(Window.partitionBy("bucket").orderBy("user_id"))
    numbers = people.withColumn("place", place).join(f.broadcast(starts), "bucket")
    numbers = numbers.select("user_id", (f.col("start") + f.col("place") - 1).cast("int").alias("user"))
    return likes.join(numbers, "user_id").select("user", "row", f.lit(1.0).alias("like"))


def _sizes(likes: DataFrame) -> tuple[int, int, int]:
    from pyspark.sql import functions as f

    found = likes.agg(f.countDistinct("user"), f.countDistinct("row"), f.count("*")).first()
    return (0, 0, 0) if found is None else (int(found[0]), int(found[1]), int(found[2]))
