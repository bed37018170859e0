#include "server/flows/message_desk.hpp"

namespace flows {

bool message_desk::hold(const std::string& kind, base::epoch_ms now, base::epoch_ms for_ms) {
    const std::lock_guard lock{guard_};
    auto& mine = rests_[kind];
    const bool news = !mine.covers(now);
    if (news || now + for_ms > mine.until) mine = {now, now + for_ms};
    return news;
}

std::string message_desk::free_ones(const std::vector<std::string_view>& kinds, base::epoch_ms now)
    const {
    const std::lock_guard lock{guard_};
    std::string out;
    for (const auto kind : kinds) {
        const auto found = rests_.find(kind);
        if (found != rests_.end() && found->second.covers(now)) continue;
        if (!out.empty()) out += ',';
        out += kind;
    }
    return out;
}

}  // namespace flows
