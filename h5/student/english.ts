import { english } from '../shared/words/english'
import own from './english.json'

export default english(own)
