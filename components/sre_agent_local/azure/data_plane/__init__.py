"""The data plane of every agent: `plane` leads requests to the kinds and the repositories of one of them."""
