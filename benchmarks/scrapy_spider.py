"""The peer of `benchmarks.fetching`: Scrapy over the same sites. Run by a Python that has Scrapy (2.19 was measured).

python scrapy_spider.py ORIGIN...      # prints how many pages came, and their bytes unpacked
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import scrapy
from scrapy.crawler import CrawlerProcess

_SETTINGS = {
    "ROBOTSTXT_OBEY": True,
    "CONCURRENT_REQUESTS": 16,
    "CONCURRENT_REQUESTS_PER_DOMAIN": 1,
    "DOWNLOAD_DELAY": 0,
    "COOKIES_ENABLED": False,
    "TELNETCONSOLE_ENABLED": False,
    "LOG_LEVEL": "ERROR",
    "USER_AGENT": "bench (+http://127.0.0.1/)",
}
_COUNTS = {"pages": 0, "bytes": 0}


class Pages(scrapy.Spider):
    """Every link of every index."""

    name = "pages"

    def parse(self, response: Any) -> Iterator[Any]:
        """Follow what an index links to."""
        for link in response.css("a::attr(href)").getall():
            yield response.follow(link, self.page)

    def page(self, response: Any) -> None:
        """Count a page, as the least that anybody does with one."""
        _COUNTS["pages"] += 1
        _COUNTS["bytes"] += len(response.body)


if __name__ == "__main__":
    process = CrawlerProcess(_SETTINGS)
    process.crawl(Pages, start_urls=[f"{origin}/" for origin in sys.argv[1:]])
    process.start()
    print(_COUNTS["pages"], _COUNTS["bytes"])
