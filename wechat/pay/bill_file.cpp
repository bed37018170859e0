#include "wechat/pay/bill_file.hpp"

#include <limits>
#include <utility>

#include <openssl/evp.h>
#include <zlib.h>

#include "server/base/encoding.hpp"
#include "server/base/error.hpp"

namespace wechat::pay {
namespace {

constexpr std::string_view gzip_begins = "\x1f\x8b";
constexpr int gzip_window = 15 + 16;  // gzip header and trailer, no other wrapping

class sha1_sum {
public:
    sha1_sum() : context_{EVP_MD_CTX_new(), EVP_MD_CTX_free} {
        base::ensure(
            context_ && EVP_DigestInit_ex(context_.get(), EVP_sha1(), nullptr) == 1, "SHA-1"
        );
    }
    void add(std::string_view bytes) {
        base::ensure(EVP_DigestUpdate(context_.get(), bytes.data(), bytes.size()) == 1, "SHA-1");
    }
    std::string hex() {
        std::string out(EVP_MAX_MD_SIZE, '\0');
        unsigned size = 0;
        auto* into = reinterpret_cast<unsigned char*>(out.data());
        base::ensure(EVP_DigestFinal_ex(context_.get(), into, &size) == 1, "SHA-1");
        out.resize(size);
        return base::to_hex(out);
    }

private:
    std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
};

}  // namespace

struct bill_pieces::inflater {
    explicit inflater(std::string_view raw) {
        base::ensure(raw.size() <= std::numeric_limits<uInt>::max(), "a gzip within 4 GiB");
        // zlib promises not to write to its input.
        stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(raw.data()));
        stream.avail_in = static_cast<uInt>(raw.size());
        base::ensure(inflateInit2(&stream, gzip_window) == Z_OK, "zlib");
    }
    ~inflater() { inflateEnd(&stream); }
    inflater(const inflater&) = delete;
    inflater& operator=(const inflater&) = delete;

    z_stream stream{};
    std::array<char, piece_size> space{};
};

bill_pieces::bill_pieces(std::string_view raw, std::size_t unpacked_limit)
    : rest_{raw}, left_{unpacked_limit} {
    if (raw.starts_with(gzip_begins)) gzip_ = std::make_unique<inflater>(raw);
}

bill_pieces::~bill_pieces() = default;

std::string_view bill_pieces::end(bill_fault why) {
    ended_ = true;
    fault_ = why;
    return {};
}

std::string_view bill_pieces::next() {
    if (ended_) return {};
    const auto piece = gzip_ ? next_unpacked() : next_plain();
    if (piece.size() > left_) return end(bill_fault::too_big);
    left_ -= piece.size();
    return piece;
}

std::string_view bill_pieces::next_plain() {
    const auto piece = rest_.substr(0, piece_size);
    rest_.remove_prefix(piece.size());
    if (piece.empty()) ended_ = true;
    return piece;
}

std::string_view bill_pieces::next_unpacked() {
    auto& stream = gzip_->stream;
    auto& space = gzip_->space;
    stream.next_out = reinterpret_cast<Bytef*>(space.data());
    stream.avail_out = static_cast<uInt>(space.size());
    const int got = inflate(&stream, Z_NO_FLUSH);
    const std::string_view piece{space.data(), space.size() - stream.avail_out};
    if (got == Z_STREAM_END) {
        // What was unpacked is handed out first; the fault stands beside it.
        ended_ = true;
        if (stream.avail_in > 0) fault_ = bill_fault::gzip_followed;
        return piece;
    }
    base::ensure(got != Z_MEM_ERROR && got != Z_STREAM_ERROR, "zlib");
    // Z_BUF_ERROR: nothing more to unpack from, though no end was seen.
    if (got == Z_BUF_ERROR && piece.empty()) return end(bill_fault::gzip_unfinished);
    if (got != Z_OK) return end(bill_fault::gzip_damaged);
    return piece.empty() ? end(bill_fault::gzip_unfinished) : piece;
}

bill_file::opening bill_file::open(
    std::string raw, std::string_view hash_value, std::size_t unpacked_limit
) {
    opening made;
    std::size_t size = 0;
    sha1_sum sum;
    {
        bill_pieces pieces{raw, unpacked_limit};
        for (auto piece = pieces.next(); !piece.empty(); piece = pieces.next()) {
            sum.add(piece);
            size += piece.size();
        }
        made.why.what = pieces.fault();
    }
    if (!made.why && sum.hex() != hash_value) made.why.what = bill_fault::hash_differs;
    if (!made.why) made.file = bill_file{std::move(raw), size};
    return made;
}

}  // namespace wechat::pay
