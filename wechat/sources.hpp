#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "server/base/clock.hpp"
#include "server/base/encoding.hpp"

namespace wechat {

// Where time and chance come from; tests put fixed ones in.
struct sources {
    std::function<base::epoch_ms()> now_ms = base::now_ms;
    std::function<std::string(std::size_t)> random_bytes = base::random_bytes;

    std::int64_t now_s() const { return now_ms() / 1000; }
    // 32 hex digits, upper case: a nonce within WeChat's alphabet and length.
    std::string nonce() const;
};

}  // namespace wechat
