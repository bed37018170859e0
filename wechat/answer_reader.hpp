#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "wechat/http_client.hpp"

namespace wechat::detail {

// Makes one HTTP answer out of bytes as they arrive. The only user of Beast's parser.
class answer_reader {
public:
    enum class state { hungry, complete, broken };

    explicit answer_reader(std::size_t body_limit);
    ~answer_reader();

    state feed(std::string_view bytes);
    // The stream ended properly: complete if the body's length was left to that.
    state end_of_stream();

    const std::string& fault() const { return fault_; }  // when broken
    bool may_be_followed() const;                        // keep-alive, and nothing was left over
    http_answer taken();

private:
    struct parser;
    std::unique_ptr<parser> fresh_parser() const;

    std::size_t body_limit_;
    std::unique_ptr<parser> parser_;
    std::string pending_;
    std::string fault_;
};

}  // namespace wechat::detail
