#pragma once

#include <cstddef>
#include <memory>
#include <string_view>

#include <boost/asio/buffer.hpp>

namespace http {

// Bytes read and not yet used. Small while a connection idles, larger while something comes.
class read_buffer {
public:
    static constexpr std::size_t small = 1024;

    std::string_view view() const { return {bytes_.get() + begin_, end_ - begin_}; }
    bool empty() const { return begin_ == end_; }
    bool allocated() const { return bytes_ != nullptr; }

    // Room for at least one byte, and for `wanted` in all if that is more than there is.
    boost::asio::mutable_buffer room(std::size_t wanted = small);
    void commit(std::size_t count) { end_ += count; }
    void consume(std::size_t count);

    // Gives a large buffer back once it is empty.
    void shrink();

private:
    void move_to(std::size_t capacity);

    std::unique_ptr<char[]> bytes_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace http
