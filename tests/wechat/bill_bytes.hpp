#pragma once

#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include <zlib.h>

#include "server/base/encoding.hpp"
#include "wechat/pay/bill_file.hpp"

// Files of daily bills, made up.
namespace bill_bytes {

// Packs what is added to it, so that a big file need not exist unpacked.
class packer {
public:
    packer() {
        if (deflateInit2(&stream_, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
            throw std::runtime_error{"deflateInit2"};
        }
    }
    ~packer() { deflateEnd(&stream_); }
    packer(const packer&) = delete;
    packer& operator=(const packer&) = delete;

    void add(std::string_view text) { run(text, Z_NO_FLUSH); }
    std::string taken() {
        run({}, Z_FINISH);
        return std::move(out_);
    }

private:
    void run(std::string_view text, int flush) {
        std::string input{text};
        stream_.next_in = reinterpret_cast<Bytef*>(input.data());
        stream_.avail_in = static_cast<uInt>(input.size());
        do {
            char space[16 * 1024];
            stream_.next_out = reinterpret_cast<Bytef*>(space);
            stream_.avail_out = sizeof space;
            deflate(&stream_, flush);
            out_.append(space, sizeof space - stream_.avail_out);
        } while (stream_.avail_out == 0);
    }

    z_stream stream_{};
    std::string out_;
};

inline std::string gzip(std::string_view text) {
    packer into;
    into.add(text);
    return into.taken();
}

inline std::string sha1_hex(std::string_view text) {
    return base::to_hex(base::sha1(text));
}

// A file that is what WeChat spoke of, gzip as WeChat sends it.
inline wechat::pay::bill_file opened(std::string_view text) {
    auto made = wechat::pay::bill_file::open(gzip(text), sha1_hex(text));
    if (!made.file) throw std::runtime_error{"not opened"};
    return std::move(*made.file);
}

}  // namespace bill_bytes
