#pragma once

#include <memory>
#include <string>

#include "server/flows/parts.hpp"
#include "server/http/server.hpp"

namespace routes {

// What is counted about this process, in Prometheus' text form.
class metrics {
public:
    metrics();
    ~metrics();
    metrics(const metrics&) = delete;
    metrics& operator=(const metrics&) = delete;

    void answered(const http::access& what);  // any thread
    void connections(int change);
    std::string text(const flows::parts& with) const;

private:
    struct inside;
    std::unique_ptr<inside> inside_;
};

// /healthz: the process lives. /readyz: it can do its work. /metrics. On the ops address only.
void add_ops_routes(http::router& table, flows::parts& with, const metrics& counted);

}  // namespace routes
