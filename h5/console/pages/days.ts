export { default as Days } from './days/Days.vue'
