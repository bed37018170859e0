#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "server/base/clock.hpp"

namespace flows {

// What one process knows of the messages that leave: which kinds rest because WeChat refused the
// whole account, and the counts for /metrics. Shared by all threads.
class message_desk {
public:
    // Lets a kind rest for so long. True: it did not rest before, so it is news.
    bool hold(const std::string& kind, base::epoch_ms now, base::epoch_ms for_ms);
    // Those of `kinds` that may leave now, separated by commas.
    std::string free_ones(const std::vector<std::string_view>& kinds, base::epoch_ms now) const;

    // Tries of this process by how they ended.
    std::atomic<std::uint64_t> sent{0};
    std::atomic<std::uint64_t> skipped{0};
    std::atomic<std::uint64_t> failed{0};
    std::atomic<std::uint64_t> postponed{0};
    // The whole outbox, as the database last said.
    std::atomic<std::int64_t> queued_now{0};
    std::atomic<std::int64_t> failed_now{0};
    std::atomic<base::epoch_ms> oldest_at{0};  // of the queued ones; 0: none

private:
    struct rest {
        base::epoch_ms since = 0;
        base::epoch_ms until = 0;
        // A clock that was set back must not make an hour of a minute.
        bool covers(base::epoch_ms now) const { return since <= now && now < until; }
    };

    mutable std::mutex guard_;
    std::map<std::string, rest, std::less<>> rests_;
};

}  // namespace flows
