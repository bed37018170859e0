#pragma once

#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "wechat/pay/bill_refusal.hpp"

namespace wechat::pay {

// The file of a daily bill, gzip or plain. There is none whose SHA-1 was not the one that WeChat's
// signed answer told (the file itself is not signed). Kept as it came: whoever reads it unpacks it
// again, piece by piece, so that a day of 100,000 rows is never in memory.
class bill_file {
public:
    static constexpr std::size_t unpacked_max = 512UL * 1024 * 1024;  // beyond it is a bomb

    struct opening;
    // Unpacks everything once: a tenth of a second or more for a big day, not for an I/O thread.
    // hash_value: lower-case hex of the SHA-1 over the unpacked bytes.
    static opening open(
        std::string raw, std::string_view hash_value, std::size_t unpacked_limit = unpacked_max
    );

    const std::string& raw() const { return raw_; }
    std::size_t unpacked_size() const { return unpacked_size_; }

private:
    bill_file(std::string raw, std::size_t unpacked_size)
        : raw_{std::move(raw)}, unpacked_size_{unpacked_size} {}

    std::string raw_;
    std::size_t unpacked_size_;
};

struct bill_file::opening {
    std::optional<bill_file> file;  // when nothing is refused
    bill_refusal why;
};

// Bytes as they came → unpacked bytes in pieces of at most 32 KiB.
class bill_pieces {
public:
    // raw must outlive the reader.
    bill_pieces(std::string_view raw, std::size_t unpacked_limit);
    ~bill_pieces();
    bill_pieces(const bill_pieces&) = delete;
    bill_pieces& operator=(const bill_pieces&) = delete;

    // Valid until the next call; empty at the end, and at a fault.
    std::string_view next();
    bill_fault fault() const { return fault_; }

private:
    static constexpr std::size_t piece_size = 32UL * 1024;
    struct inflater;

    std::string_view next_plain();
    std::string_view next_unpacked();
    std::string_view end(bill_fault why);

    std::string_view rest_;  // plain: not yet handed out
    std::size_t left_;       // of what may still be unpacked
    bill_fault fault_ = bill_fault::none;
    bool ended_ = false;
    std::unique_ptr<inflater> gzip_;  // null for a plain file
};

}  // namespace wechat::pay
