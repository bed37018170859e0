#include "wechat/connection.hpp"

#include <cerrno>
#include <iterator>

#include <sys/socket.h>

namespace wechat::detail {
namespace {

constexpr std::size_t idle_count_max = 32;

}  // namespace

bool connection::is_quiet() {
    if (!socket().is_open()) return false;
    char byte = 0;
    const auto got = ::recv(socket().native_handle(), &byte, 1, MSG_PEEK | MSG_DONTWAIT);
    return got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK);
}

boost::asio::execution_context::id idle_shelf::id;

void idle_shelf::drop_old(std::chrono::milliseconds longest) {
    const auto oldest = std::chrono::steady_clock::now() - longest;
    std::erase_if(idle_, [oldest](const auto& one) { return one->idle_since < oldest; });
}

std::shared_ptr<connection> idle_shelf::take(
    const peer_key& peer, std::chrono::milliseconds longest
) {
    drop_old(longest);
    for (std::size_t i = idle_.size(); i-- > 0;) {
        if (idle_[i]->peer != peer) continue;
        auto found = std::move(idle_[i]);
        idle_.erase(idle_.begin() + static_cast<std::ptrdiff_t>(i));
        if (found->is_quiet()) return found;
    }
    return nullptr;
}

void idle_shelf::put(std::shared_ptr<connection> kept, std::chrono::milliseconds longest) {
    drop_old(longest);
    if (idle_.size() >= idle_count_max) idle_.erase(idle_.begin());
    kept->idle_since = std::chrono::steady_clock::now();
    idle_.push_back(std::move(kept));
}

}  // namespace wechat::detail
