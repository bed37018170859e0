#include "server/http/read_buffer.hpp"

#include <algorithm>
#include <cstring>

namespace http {

boost::asio::mutable_buffer read_buffer::room(std::size_t wanted) {
    if (capacity_ < wanted) move_to(wanted);
    if (end_ == capacity_) move_to(begin_ > 0 ? capacity_ : capacity_ * 4);
    return {bytes_.get() + end_, capacity_ - end_};
}

void read_buffer::consume(std::size_t count) {
    begin_ += count;
    if (begin_ == end_) begin_ = end_ = 0;
}

void read_buffer::shrink() {
    if (!empty() || capacity_ <= small) return;
    bytes_.reset();
    capacity_ = 0;
}

void read_buffer::move_to(std::size_t capacity) {
    const auto held = view();
    if (capacity == capacity_) {
        std::memmove(bytes_.get(), held.data(), held.size());
    } else {
        // Not value-initialised: the bytes are written before they are read.
        std::unique_ptr<char[]> larger{new char[capacity]};
        if (!held.empty()) std::memcpy(larger.get(), held.data(), held.size());
        bytes_ = std::move(larger);
        capacity_ = capacity;
    }
    end_ = held.size();
    begin_ = 0;
}

}  // namespace http
